package marks

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"syscall"

	"go.etcd.io/bbolt"
	bolterrors "go.etcd.io/bbolt/errors"
)

// ErrInUse says that another process has the file open.
var ErrInUse = errors.New("another process has it open: stop that one, or name another file")

var (
	errDamaged = errors.New("it is damaged: move it away, and give SESSION_SECRET a new value, or sessions that were ended may come back")
	errOther   = errors.New("it is damaged, or no state file: name another file; if it was this app's, give SESSION_SECRET a new value too, or sessions that were ended may come back")
	errNewer   = errors.New("a newer version of okta-gin has written it: run that version or a later one; or move the file away, and give SESSION_SECRET a new value, or sessions that were ended may come back")
)

// resizeFails is what bbolt says where the file can't grow, of whose cause it keeps no more than
// the text.
const resizeFails = "file resize error"

// advise adds to an error of the file what helps.
func advise(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, bolterrors.ErrTimeout):
		return ErrInUse
	case errors.Is(err, bolterrors.ErrInvalid), errors.Is(err, bolterrors.ErrVersionMismatch), errors.Is(err, bolterrors.ErrChecksum):
		return fmt.Errorf("%w: %w", errOther, err)
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT), strings.Contains(err.Error(), resizeFails):
		return fmt.Errorf("%w: the disk is full, or what this user may have of it: make room", err)
	case errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.EROFS):
		return fmt.Errorf("%w: let the app's user write the file and its folder, or name another file", err)
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("%w: make its folder, or name another file", err)
	default:
		return err
	}
}

// checkVersion refuses a file in which one of the buckets has another number than here.
// Buckets for what this version does not know are left alone.
func checkVersion(tx *bbolt.Tx) error {
	known := [][]byte{bucket, listed, forms, documents}
	return tx.ForEach(func(name []byte, _ *bbolt.Bucket) error {
		for _, each := range known {
			if subject := each[:len(each)-1]; bytes.HasPrefix(name, subject) && !bytes.Equal(name, each) {
				return errNewer
			}
		}
		return nil
	})
}
