"""One module for each set of vectors: it names its SET and translates a case to a call of the product.

`run(case)` gives an Outcome. `prepare(folder)`, where there is one, is called once with the
folder of the set before its first case. An adapter holds no rule of the shop.
"""
