"""Find reports on government portals and fetch them, slowly."""
