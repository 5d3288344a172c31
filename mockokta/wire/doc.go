// Package wire is how an org answers programs and scripts: JSON, errors, challenges, and who may read them across origins.
package wire
