// Package web is what every answer of the app shares: how an error becomes a
// page or problem JSON, headers, limits, the request id, the log line, and the
// server under all of it.
//
// It knows nothing of sign-in.
package web
