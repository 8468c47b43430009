"""Business registration: the national information system's dossiers of enterprises."""
