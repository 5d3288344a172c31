// Package handlers is this app: router.go is its table of contents, and each page
// has a file. It uses package auth as any other app would.
package handlers
