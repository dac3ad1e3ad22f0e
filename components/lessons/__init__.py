"""A folder a lesson: everything that one lesson alone needs. No lesson imports another."""
