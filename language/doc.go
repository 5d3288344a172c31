// Package language holds every word that a person reads, in each language, and finds the
// language of whoever asks. The files in texts are in the format of go-i18n, which
// translators' tools read: see docs/languages.md.
package language
