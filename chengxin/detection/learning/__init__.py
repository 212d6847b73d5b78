"""What officers' verdicts teach: figures of every detector, drift, and a model that gives a second opinion on the order of work.

The rules that keep it honest, each with a test:

1. The model orders; it never opens, closes, publishes or grades anything. An officer decides each clue as without it.
2. It learns from officers' verdicts alone, on clues that a detector or a lot brought to the desk.
3. It never learns from what it brought forward itself: a verdict on a clue that the model in use had moved up is left out of training,
   unless the clue had come by lot. Without this a model confirms its own taste.
4. Every verdict weighs 1 / (probability that the clue came to a desk at all), up to a limit in tuning.yaml: a lot among ten speaks for ten.
5. What a finding looks like is measured from the very files its run looked at, up to the end of its window: nothing that came later.
6. One person proposes a model, another puts it in use; a model that does not rank better than the trivial rankings cannot be proposed.
"""
