"""Documents: messages of the national document axis in edXML."""
