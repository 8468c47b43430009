"""One-stop shops: dossiers and their progress, as they are synchronised to the national portal."""
