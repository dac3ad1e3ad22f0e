"""Chart templates: Altair, built and validated once per structure, fed with columns on every rerun."""
