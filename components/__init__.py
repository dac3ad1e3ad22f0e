"""Everything the pages are made of. Data flows one way: settings, tensors, frames, charts, page."""
