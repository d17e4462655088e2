"""The catalogues that every service reads: specialties, professions, regions, languages, authorities.

Data files with their provenance (`data/PROVENANCE.md`), loaded once and never changed while running.
"""
