"""Where the graph is kept. One port that speaks questions; two stores that answer them."""
