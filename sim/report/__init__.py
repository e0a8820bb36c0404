"""Reports: results as text and pictures, at a terminal, in pictures, in HTML files and in the documentation."""
