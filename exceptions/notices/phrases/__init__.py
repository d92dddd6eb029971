"""Everything a notice says without a model: drafts, subjects, codes and units in the languages of the readers."""
