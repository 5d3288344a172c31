package auth

import (
	"fmt"

	"github.com/gin-gonic/gin"

	"example.com/okta-gin/auth/internal/keptform"
	"example.com/okta-gin/config"
	"example.com/okta-gin/session/kept"
	"example.com/okta-gin/session/redisurl"
	"example.com/okta-gin/watch"
	"example.com/okta-gin/web"
)

// What is kept of forms in this process's memory, and in Redis in a quarter of an hour.
const (
	maxFormsInMemory = 16 << 20 // bytes
	maxFormsInRedis  = 64 << 20
)

// openForms opens what keeps forms: it is where sessions' ends are remembered.
func (a *Auth) openForms(cfg config.Config, o Options, crossOrigin web.CrossOrigin) (*keptform.Keeper, error) {
	if o.DropForms || cfg.KeptFormMax == 0 {
		return nil, nil
	}
	var store kept.Store
	var size watch.Size
	maxFiles := cfg.KeptFormMax
	switch {
	case cfg.HasRedis():
		address := cfg.RedisURL
		if cfg.SessionStore.Reveal() != "cookie" {
			address = cfg.SessionStore
		}
		client, err := redisurl.Connect(address)
		if err != nil {
			return nil, fmt.Errorf("keep forms in Redis: %w", err)
		}
		a.watch.RedisClient(client)
		store = kept.NewRedis(client, maxFormsInRedis, o.Now)
	case a.state != nil:
		own := a.state.Forms()
		store, size = own, own.Size
	default:
		own := kept.NewMemory(maxFormsInMemory, o.Now)
		store, size, maxFiles = own, own.Size, keptform.MaxForm
	}
	forms, err := kept.New(o.sessionOptions(cfg), store)
	if err != nil {
		return nil, err
	}
	return keptform.New(keptform.Options{
		Links: a.links, Forms: forms, Size: size, CrossOrigin: crossOrigin, MaxFiles: maxFiles, Display: a.display, Log: o.Log, Now: o.Now,
	})
}

// keptForm serves GET PREFIX/form: what was kept, for its person to send.
func (a *Auth) keptForm(c *gin.Context) error {
	return a.forms.Show(c, a.people.Found(c).Subject)
}
