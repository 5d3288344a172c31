package marks

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"time"

	"go.etcd.io/bbolt"

	"example.com/okta-gin/session"
)

// documents holds a value under the beginning of its name's SHA-256, 16 bytes: as listed
// has them. One that is damaged is not there.
var documents = []byte("documents of okta-gin 1")

// Documents keeps a few values of some kilobytes in the file, on disk before its methods
// return.
type Documents struct{ file *File }

// Documents returns the file's store of documents.
func (f *File) Documents() Documents { return Documents{f} }

// Put keeps value until then, in place of what has the name. It drops what has expired.
// Error: session.ErrUnavailable.
func (d Documents) Put(name string, value []byte, until time.Time) error {
	err := d.file.update(func(tx *bbolt.Tx) error {
		b, err := tx.CreateBucketIfNotExists(documents)
		if err != nil {
			return err
		}
		if err := d.sweep(b); err != nil {
			return err
		}
		key := []byte(hashOf(name))
		entry := append(binary.BigEndian.AppendUint64(nil, uint64(until.UnixNano())), value...)
		return b.Put(key, binary.BigEndian.AppendUint32(entry, checksum(key, entry)))
	})
	if err != nil {
		return fmt.Errorf("%w: write the state file %s: %w", session.ErrUnavailable, d.file.path, err)
	}
	return nil
}

func (d Documents) sweep(b *bbolt.Bucket) error {
	var gone [][]byte
	err := b.ForEach(func(key, entry []byte) error {
		if _, ok := d.file.valueOf(key, entry); !ok {
			gone = append(gone, bytes.Clone(key))
		}
		return nil
	})
	for _, key := range gone {
		if err := b.Delete(key); err != nil {
			return err
		}
	}
	return err
}

// Get returns nil where there is nothing. Error: session.ErrUnavailable.
func (d Documents) Get(name string) (value []byte, err error) {
	err = d.file.view(func(tx *bbolt.Tx) error {
		if b := tx.Bucket(documents); b != nil {
			key := []byte(hashOf(name))
			value, _ = d.file.valueOf(key, b.Get(key))
		}
		return nil
	})
	if err != nil {
		return nil, d.file.unreadable(err)
	}
	return value, nil
}
