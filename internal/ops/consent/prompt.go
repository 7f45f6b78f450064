package consent

// Prompt is a question with the words that it is asked in. Whoever asks builds it from a snapshot.
type Prompt struct {
	Question
	// Title names the act, the count and the environment: "Cancel 2 runs in production".
	Title string
	// Totals are the lines that stay in sight while the others are scrolled.
	Totals []string
	// Lines say what will and what will not happen.
	Lines []string
	// Yes and No are the words of the two answers: "Cancel 2 runs", "No, keep them".
	Yes, No string
}
