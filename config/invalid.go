package config

// invalid says what is wrong with a value, or what was expected. It never quotes the value: a
// secret pasted into the wrong line would be in the log.
type invalid string

func (e invalid) Error() string { return string(e) }
