from hypothesis import settings

settings.register_profile("brink", deadline=None, derandomize=True, max_examples=20)
settings.load_profile("brink")
