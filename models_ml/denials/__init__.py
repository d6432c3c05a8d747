"""Will an appeal of this denied line be won? One row per denied service line in, one probability per open line out.

``training.train_and_score`` is the way in. What does not belong here: writing to the lake, creating tasks, MLflow.
"""
