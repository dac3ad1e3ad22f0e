"""Chart templates: Altair, built and validated once per structure, fed with frames on every rerun."""
