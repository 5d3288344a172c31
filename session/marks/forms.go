package marks

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"time"

	"go.etcd.io/bbolt"

	"example.com/okta-gin/session"
	"example.com/okta-gin/session/kept"
)

// forms holds a value under the beginning of its name's SHA-256, 16 bytes: as listed has
// them. One that is damaged is not there.
var forms = []byte("forms of okta-gin 1")

// MaxForms and MaxFormBytes bound what Forms keeps. The file grows by that, once, and
// does not shrink.
const (
	MaxForms     = 500
	MaxFormBytes = 32 << 20
)

// Forms is a kept.Store in the file, on disk before its methods return.
type Forms struct{ file *File }

var _ kept.Store = Forms{}

// Forms returns the file's store of forms.
func (f *File) Forms() Forms { return Forms{f} }

// Put implements kept.Store. It drops what has expired.
func (s Forms) Put(_ context.Context, name string, value []byte, until time.Time) error {
	full := false
	err := s.file.update(func(tx *bbolt.Tx) error {
		b, err := tx.CreateBucketIfNotExists(forms)
		if err != nil {
			return err
		}
		count, size, err := s.sweep(b)
		if err != nil {
			return err
		}
		if full = count >= MaxForms || size+len(value) > MaxFormBytes; full {
			return nil
		}
		key := []byte(hashOf(name))
		entry := append(binary.BigEndian.AppendUint64(nil, uint64(until.UnixNano())), value...)
		return b.Put(key, binary.BigEndian.AppendUint32(entry, checksum(key, entry)))
	})
	switch {
	case err != nil:
		return s.unavailable("write", err)
	case full:
		return kept.ErrFull
	default:
		return nil
	}
}

// sweep deletes what has expired, and returns how much is left. It reads no more of an
// entry than its time: they are few, and may be long.
func (s Forms) sweep(b *bbolt.Bucket) (count, size int, err error) {
	var expired [][]byte
	now := uint64(s.file.now().UnixNano())
	err = b.ForEach(func(key, entry []byte) error {
		if len(entry) < 8+crc32.Size || binary.BigEndian.Uint64(entry) <= now {
			expired = append(expired, bytes.Clone(key))
			return nil
		}
		count++
		size += len(entry)
		return nil
	})
	for _, key := range expired {
		if err := b.Delete(key); err != nil {
			return 0, 0, err
		}
	}
	return count, size, err
}

// Size says how many bytes are kept, what has expired and is not yet dropped included, and
// how many may be.
func (s Forms) Size() (used, most int) {
	// A file that can't be read is told by those who need it.
	_ = s.file.view(func(tx *bbolt.Tx) error {
		b := tx.Bucket(forms)
		if b == nil {
			return nil
		}
		return b.ForEach(func(_, entry []byte) error {
			used += len(entry)
			return nil
		})
	})
	return used, MaxFormBytes
}

// Get implements kept.Store.
func (s Forms) Get(_ context.Context, name string) (value []byte, err error) {
	err = s.file.view(func(tx *bbolt.Tx) error {
		value = s.read(tx.Bucket(forms), name)
		return nil
	})
	return value, s.unavailable("read", err)
}

// Take implements kept.Store.
func (s Forms) Take(_ context.Context, name string) (value []byte, err error) {
	err = s.file.update(func(tx *bbolt.Tx) error {
		b := tx.Bucket(forms)
		if value = s.read(b, name); value == nil {
			return nil
		}
		return b.Delete([]byte(hashOf(name)))
	})
	if err != nil {
		return nil, s.unavailable("write", err)
	}
	return value, nil
}

// read returns nil where there is nothing.
func (s Forms) read(b *bbolt.Bucket, name string) []byte {
	if b == nil {
		return nil
	}
	key := []byte(hashOf(name))
	value, _ := s.file.valueOf(key, b.Get(key))
	return value
}

func (s Forms) unavailable(doing string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%w: %s the state file %s: %w", session.ErrUnavailable, doing, s.file.path, err)
}
