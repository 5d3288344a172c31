// Shop is an ordinary Gin app: it sells tea.
package main

import (
	"cmp"
	"crypto/rand"
	"log"
	"net/http"
	"os"
	"time"
)

func main() {
	if err := run(); err != nil {
		log.Fatal(err)
	}
}

func run() error {
	db, err := openStore("file:" + cmp.Or(os.Getenv("SHOP_DATABASE"), "shop.db"))
	if err != nil {
		return err
	}
	defer db.Close()
	shop, err := newShop(settings{
		baseURL:       cmp.Or(os.Getenv("BASE_URL"), "http://localhost:8080"),
		cartSecret:    cmp.Or(os.Getenv("SHOP_CART_SECRET"), rand.Text()),
		webhookSecret: cmp.Or(os.Getenv("SHOP_WEBHOOK_SECRET"), rand.Text()),
	}, db, os.Stdout)
	if err != nil {
		return err
	}
	log.Println("The shop is open at", shop.baseURL+"/")
	server := &http.Server{
		Addr: "localhost:" + cmp.Or(os.Getenv("PORT"), "8080"), Handler: shop,
		ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 15 * time.Second, WriteTimeout: 30 * time.Second,
	}
	return server.ListenAndServe()
}
