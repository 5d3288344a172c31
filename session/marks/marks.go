// Package marks remembers what is over across restarts and crashes: for one process
// that keeps sessions in cookies, and no Redis.
//
// A File is a session.Ended. It answers from memory; each mark is on disk before End
// returns, in a bbolt file, a copy-on-write tree that a crash leaves as it was before
// or after. Claims are remembered in memory alone: what they guard, authorization codes
// and tokens that revoke, Okta takes once.
package marks

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"log/slog"
	"runtime/debug"
	"sync"
	"time"

	"go.etcd.io/bbolt"

	"example.com/okta-gin/session"
	"example.com/okta-gin/session/over"
)

const (
	// DefaultMax is how many marks are remembered: some 80 MB of memory and 70 MB of
	// file when full.
	DefaultMax = 1_000_000

	// lockPatience is how long another process may still hold the file: the one that
	// this one replaces.
	lockPatience = 2 * time.Second

	// dropBatch bounds what one End deletes of what has expired.
	dropBatch = 1000
)

// bucket holds a mark under when it may be forgotten, 8 bytes, and the beginning of its
// name's SHA-256, 16 bytes; so what may be forgotten first stands first. Its value is
// up to when the name is over, 8 bytes, and a checksum of all that, 4 bytes. Times are
// nanoseconds since 1970, big-endian. The bucket's sequence is how many there are.
var bucket = []byte("marks of okta-gin 1")

const (
	hashSize  = 16
	keySize   = 8 + hashSize
	valueSize = 8 + crc32.Size
)

// File is a session.Ended in a file. It is safe for concurrent use.
type File struct {
	path   string
	max    int
	now    func() time.Time
	memory *over.Memory

	mu     sync.Mutex // one writer
	db     *bbolt.DB
	count  int    // in db
	broken error  // why db is not to be touched any more
	swept  []byte // the last key of listed that was looked at
}

var _ session.Ended = (*File)(nil)

// Open opens the file, or makes it with mode 0600, and reads what is in it. It fails,
// naming the file, where that cannot be read and written, is damaged, is something
// else or of a newer version, or is open in another process (ErrInUse): a file that is only half read could let a
// session that was ended come back. max is how many marks are remembered at most; of
// more, those are forgotten that would expire next, and log is told.
func Open(path string, max int, now func() time.Time, log *slog.Logger) (*File, error) {
	return OpenWithin(lockPatience, path, max, now, log)
}

// OpenWithin is Open for a file that another process may still hold for as long as patience.
func OpenWithin(patience time.Duration, path string, max int, now func() time.Time, log *slog.Logger) (*File, error) {
	db, err := openDB(path, patience)
	if err != nil {
		return nil, fmt.Errorf("open the state file %s: %w", path, err)
	}
	f := &File{path: path, max: max, now: now, memory: over.NewMemory(max, now, log), db: db}
	if err := f.load(); err != nil {
		return nil, errors.Join(fmt.Errorf("read the state file %s: %w", path, err), db.Close())
	}
	return f, nil
}

// openDB does not let a torn file crash the process: its missing pages fault.
func openDB(path string, patience time.Duration) (db *bbolt.DB, err error) {
	defer asError(&err)()
	db, err = bbolt.Open(path, 0o600, &bbolt.Options{Timeout: patience, FreelistType: bbolt.FreelistMapType})
	return db, advise(err)
}

// load checks the whole file and reads it into memory, without what has expired.
func (f *File) load() (err error) {
	defer asError(&err)()
	return advise(f.db.Update(func(tx *bbolt.Tx) error {
		if err := checkVersion(tx); err != nil {
			return err
		}
		b, err := tx.CreateBucketIfNotExists(bucket)
		if err != nil {
			return err
		}
		if err := b.ForEach(func(key, value []byte) error {
			mark, ok := read(key, value)
			if !ok {
				return errDamaged
			}
			f.count++
			return f.memory.End(context.Background(), mark)
		}); err != nil {
			return err
		}
		if uint64(f.count) != b.Sequence() {
			return errDamaged
		}
		return nil
	}))
}

// asError makes of a fault or a panic on a damaged file an error.
func asError(err *error) func() {
	before := debug.SetPanicOnFault(true)
	return func() {
		debug.SetPanicOnFault(before)
		if reason := recover(); reason != nil {
			*err = fmt.Errorf("%w: %v", errDamaged, reason)
		}
	}
}

// End implements session.Ended. Where the disk fails, it returns ErrUnavailable, and
// the marks hold until the process ends.
func (f *File) End(ctx context.Context, marks ...session.Mark) error {
	hashed := make([]session.Mark, len(marks))
	for i, mark := range marks {
		hashed[i] = session.Mark{Name: hashOf(mark.Name), UpTo: mark.UpTo, Until: mark.Until}
	}
	if err := f.memory.End(ctx, hashed...); err != nil {
		return err
	}
	if err := f.write(hashed); err != nil {
		return fmt.Errorf("%w: write the state file %s: %w", session.ErrUnavailable, f.path, err)
	}
	return nil
}

func (f *File) write(marks []session.Mark) error {
	return f.update(func(tx *bbolt.Tx) error {
		b := tx.Bucket(bucket)
		b.FillPercent = 0.9 // most new marks are the last to expire
		for _, mark := range marks {
			key, value := entry(mark)
			if b.Get(key) == nil {
				f.count++
			}
			if err := b.Put(key, value); err != nil {
				return err
			}
		}
		return f.drop(b)
	})
}

// update changes the file, or leaves it as it was. One that turns out to be damaged is
// not touched again.
func (f *File) update(change func(*bbolt.Tx) error) error {
	return f.use(func() error { return f.db.Update(change) })
}

func (f *File) view(look func(*bbolt.Tx) error) error {
	return f.use(func() error { return f.db.View(look) })
}

func (f *File) use(do func() error) (err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.broken != nil {
		return f.broken
	}
	count := f.count
	defer func() {
		if err != nil {
			f.count = count
		}
		if errors.Is(err, errDamaged) {
			f.broken = err
		}
	}()
	defer asError(&err)()
	return advise(do())
}

// drop deletes marks that have expired, or that are too many, and notes how many are
// left.
func (f *File) drop(b *bbolt.Bucket) error {
	now := uint64(f.now().UnixNano())
	cursor := b.Cursor()
	for range dropBatch {
		key, _ := cursor.First()
		if key == nil || binary.BigEndian.Uint64(key) > now && f.count <= f.max {
			break
		}
		if err := cursor.Delete(); err != nil {
			return err
		}
		f.count--
	}
	return b.SetSequence(uint64(f.count))
}

// Has implements session.Ended, from memory. It returns no error.
func (f *File) Has(ctx context.Context, names ...string) ([]time.Time, error) {
	hashes := make([]string, len(names))
	for i, name := range names {
		hashes[i] = hashOf(name)
	}
	return f.memory.Has(ctx, hashes...)
}

// Claim implements session.Ended, in memory. It returns no error.
func (f *File) Claim(ctx context.Context, name string, until time.Time) (bool, error) {
	return f.memory.Claim(ctx, name, until)
}

// Counts returns the figures of the memory.
func (f *File) Counts() over.Counts { return f.memory.Counts() }

// Close lets another process open the file. After it, End returns ErrUnavailable.
func (f *File) Close() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.broken != nil { // bbolt may hold its locks for ever
		return fmt.Errorf("close the state file %s: %w", f.path, f.broken)
	}
	if err := f.db.Close(); err != nil {
		return fmt.Errorf("close the state file %s: %w", f.path, err)
	}
	return nil
}

func hashOf(name string) string {
	hash := sha256.Sum256([]byte(name))
	return string(hash[:hashSize])
}

func entry(mark session.Mark) (key, value []byte) {
	key = binary.BigEndian.AppendUint64(nil, uint64(mark.Until.UnixNano()))
	key = append(key, mark.Name...)
	value = binary.BigEndian.AppendUint64(nil, uint64(mark.UpTo.UnixNano()))
	return key, binary.BigEndian.AppendUint32(value, checksum(key, value))
}

func read(key, value []byte) (session.Mark, bool) {
	if len(key) != keySize || len(value) != valueSize || checksum(key, value[:8]) != binary.BigEndian.Uint32(value[8:]) {
		return session.Mark{}, false
	}
	return session.Mark{
		Name:  string(key[8:]),
		UpTo:  time.Unix(0, int64(binary.BigEndian.Uint64(value))).UTC(),
		Until: time.Unix(0, int64(binary.BigEndian.Uint64(key))).UTC(),
	}, true
}

func checksum(key, value []byte) uint32 {
	return crc32.Update(crc32.ChecksumIEEE(key), crc32.IEEETable, value)
}
