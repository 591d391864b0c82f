"""Folds from records to state: what everybody derives and nobody writes."""
