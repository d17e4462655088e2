"""The files that official bodies publish, each described by the data file of its name, and read by one reader."""
