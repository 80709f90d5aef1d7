"""What must hold for any bytes of strangers: shared by Hypothesis (`test_fuzz`) and atheris."""
