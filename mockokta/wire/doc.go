// Package wire is how an org answers: its JSON, its errors, its pages and what it lets browser scripts read.
package wire
