"""Chart templates in Altair: each is built and validated once per structure, and fed with columns on each rerun."""
