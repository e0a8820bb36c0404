"""Reports: how a result is told or drawn, at a terminal, in pictures, in HTML files and in the documentation."""
