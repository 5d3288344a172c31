package marks

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"time"

	"go.etcd.io/bbolt"

	"example.com/okta-gin/session"
)

// listed holds a value under the beginnings of the SHA-256 of a name and of an id, 16
// bytes each: first until when it is kept, in nanoseconds since 1970, 8 bytes
// big-endian, and last a checksum of all that, 4 bytes. One that is damaged is not there:
// it is for people to see, and opens no door.
var listed = []byte("sessions of okta-gin 1")

// lookAt is how many further entries each Put looks at, to drop what has expired: more
// than it adds, so that the file does not grow with time.
const lookAt = 8

var _ session.Index = (*File)(nil)

// Put implements session.Index. It is on disk before Put returns.
func (f *File) Put(_ context.Context, names []string, id string, value []byte, until time.Time) error {
	err := f.update(func(tx *bbolt.Tx) error {
		b, err := tx.CreateBucketIfNotExists(listed)
		if err != nil {
			return err
		}
		for _, name := range names {
			key := []byte(hashOf(name) + hashOf(id))
			entry := append(binary.BigEndian.AppendUint64(nil, uint64(until.UnixNano())), value...)
			if err := b.Put(key, binary.BigEndian.AppendUint32(entry, checksum(key, entry))); err != nil {
				return err
			}
		}
		return f.sweep(b)
	})
	if err != nil {
		return fmt.Errorf("%w: write the state file %s: %w", session.ErrUnavailable, f.path, err)
	}
	return nil
}

// sweep looks on from where it was the last time.
func (f *File) sweep(b *bbolt.Bucket) error {
	cursor := b.Cursor()
	key, entry := cursor.Seek(f.swept)
	for range lookAt {
		if key == nil {
			f.swept = nil
			return nil
		}
		if _, ok := f.valueOf(key, entry); !ok {
			if err := cursor.Delete(); err != nil {
				return err
			}
		}
		f.swept = bytes.Clone(key)
		key, entry = cursor.Seek(append(f.swept, 0)) // a cursor may skip one after Delete
	}
	return nil
}

// valueOf returns what an entry keeps, unless it has expired or is damaged.
func (f *File) valueOf(key, entry []byte) (value []byte, ok bool) {
	end := len(entry) - crc32.Size
	if end < 8 || checksum(key, entry[:end]) != binary.BigEndian.Uint32(entry[end:]) ||
		binary.BigEndian.Uint64(entry) <= uint64(f.now().UnixNano()) {
		return nil, false
	}
	return bytes.Clone(entry[8:end]), true
}

// List implements session.Index, in no order that means anything.
func (f *File) List(_ context.Context, name, from string, max int) (values [][]byte, next string, err error) {
	prefix := []byte(hashOf(name))
	start, err := startOf(prefix, from)
	if err != nil {
		return nil, "", err
	}
	err = f.view(func(tx *bbolt.Tx) error {
		b := tx.Bucket(listed)
		if b == nil {
			return nil
		}
		cursor, last := b.Cursor(), []byte(nil)
		for key, entry := cursor.Seek(start); bytes.HasPrefix(key, prefix); key, entry = cursor.Next() {
			value, ok := f.valueOf(key, entry)
			if !ok {
				continue
			}
			if len(values) == max {
				next = base64.RawURLEncoding.EncodeToString(last[hashSize:])
				return nil
			}
			values, last = append(values, value), key
		}
		return nil
	})
	if err != nil {
		return nil, "", f.unreadable(err)
	}
	return values, next, nil
}

// startOf is the first key that a list may have from there on.
func startOf(prefix []byte, from string) ([]byte, error) {
	if from == "" {
		return prefix, nil
	}
	last, err := base64.RawURLEncoding.Strict().DecodeString(from)
	if err != nil || len(last) != hashSize {
		return nil, session.ErrNoPart
	}
	return append(append(bytes.Clone(prefix), last...), 0), nil
}

// Holds implements session.Index.
func (f *File) Holds(_ context.Context, name, id string) (holds bool, err error) {
	err = f.view(func(tx *bbolt.Tx) error {
		if b := tx.Bucket(listed); b != nil {
			key := []byte(hashOf(name) + hashOf(id))
			_, holds = f.valueOf(key, b.Get(key))
		}
		return nil
	})
	if err != nil {
		return false, f.unreadable(err)
	}
	return holds, nil
}

func (f *File) unreadable(err error) error {
	return fmt.Errorf("%w: read the state file %s: %w", session.ErrUnavailable, f.path, err)
}
