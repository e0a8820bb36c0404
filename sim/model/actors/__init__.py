"""Those who decide: three governments and four of Iran's partners."""
