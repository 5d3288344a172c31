package handlers

import (
	"bytes"
	"fmt"
	"net/http"
	"sync"

	"github.com/gin-gonic/gin"
	"github.com/klauspost/compress/gzip"

	"example.com/okta-gin/static"
)

// compressAbove is the size in bytes from which on a page is sent compressed: a shorter
// one fits into the packet that the headers travel in.
const compressAbove = 1 << 10

// sender sends pages, compressed where the browser asks for it.
type sender struct {
	writers sync.Pool
}

// send answers with a page. Only what holds nothing of the request's own is compressed:
// beside words of somebody else's choosing, the length of what is compressed tells of
// the rest (BREACH). So a page with a query, or of another status than 200, is not.
func (s *sender) send(c *gin.Context, status int, body []byte) error {
	header := c.Writer.Header()
	header.Set("Content-Type", "text/html; charset=utf-8")
	if status == http.StatusOK && len(body) > compressAbove && c.Request.Method == http.MethodGet && c.Request.URL.RawQuery == "" {
		header.Add("Vary", "Accept-Encoding")
		if static.AcceptsGzip(c.GetHeader("Accept-Encoding")) {
			var err error
			if body, err = s.compress(body); err != nil {
				return err
			}
			header.Set("Content-Encoding", "gzip")
		}
	}
	c.Status(status)
	if _, err := c.Writer.Write(body); err != nil && !c.Writer.Written() {
		return fmt.Errorf("send the page: %w", err)
	}
	return nil // a browser that has gone away needs no other answer
}

func (s *sender) compress(body []byte) ([]byte, error) {
	w, ok := s.writers.Get().(*gzip.Writer)
	if !ok {
		var err error
		if w, err = gzip.NewWriterLevel(nil, gzip.BestSpeed); err != nil {
			return nil, fmt.Errorf("set up compression: %w", err)
		}
	}
	defer s.writers.Put(w)
	compressed := bytes.NewBuffer(make([]byte, 0, len(body)/2))
	w.Reset(compressed)
	if _, err := w.Write(body); err != nil {
		return nil, fmt.Errorf("compress the page: %w", err)
	}
	if err := w.Close(); err != nil {
		return nil, fmt.Errorf("compress the page: %w", err)
	}
	return compressed.Bytes(), nil
}
