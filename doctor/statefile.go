package doctor

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
)

// checkStateFile looks whether STATE_FILE can be had, without opening what the running app has
// to itself, and without making it.
func checkStateFile(_ context.Context, e *examiner) {
	const check = "state file"
	path := e.cfg.StateFile
	if path == "" {
		e.skip(check, "STATE_FILE is not set")
		return
	}
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		if folder, err := os.Stat(filepath.Dir(path)); err != nil || !folder.IsDir() {
			e.tell(check, Fail, "there is no folder for STATE_FILE "+path, "Make it, for the app's user alone; systemd's StateDirectory= does.", "")
			return
		}
		e.ok(check, "not there yet: the app makes it")
	case err != nil:
		e.tell(check, Fail, "STATE_FILE "+path+" cannot be looked at: "+cause(err), "Give the app's user the folder.", "")
	case !info.Mode().IsRegular():
		e.tell(check, Fail, "STATE_FILE "+path+" is no file", "Name a file of the app's own.", "")
	case info.Mode().Perm()&0o077 != 0:
		e.tell(check, Warn, "others may read or write STATE_FILE "+path, "chmod 600 it: whoever writes it can bring ended sessions back.", "")
	default:
		e.ok(check, "the app's own")
	}
}
