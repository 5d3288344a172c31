package main

import (
	"context"
	"database/sql"
	"fmt"

	_ "github.com/ncruces/go-sqlite3/driver"
)

const schema = `
CREATE TABLE IF NOT EXISTS orders (id INTEGER PRIMARY KEY, customer TEXT NOT NULL, items TEXT NOT NULL, paid BOOLEAN NOT NULL DEFAULT FALSE);
`

// store is the shop's SQLite database.
type store struct{ *sql.DB }

func openStore(name string) (*store, error) {
	db, err := sql.Open("sqlite3", name)
	if err != nil {
		return nil, fmt.Errorf("open the database: %w", err)
	}
	if _, err := db.Exec(schema); err != nil {
		return nil, fmt.Errorf("set up the database: %w", err)
	}
	return &store{db}, nil
}

func (s *store) customers(ctx context.Context) (n int, err error) {
	err = s.QueryRowContext(ctx, `SELECT count(DISTINCT customer) FROM orders`).Scan(&n)
	return n, err
}

type order struct {
	ID              int64
	Customer, Items string
	Paid            bool
}

func (s *store) addOrder(ctx context.Context, customer, items string) error {
	_, err := s.ExecContext(ctx, `INSERT INTO orders (customer, items) VALUES (?, ?)`, customer, items)
	return err
}

func (s *store) setPaid(ctx context.Context, id int64) error {
	_, err := s.ExecContext(ctx, `UPDATE orders SET paid = TRUE WHERE id = ?`, id)
	return err
}

func (s *store) orders(ctx context.Context) ([]order, error) {
	rows, err := s.QueryContext(ctx, `SELECT id, customer, items, paid FROM orders ORDER BY id DESC LIMIT 100`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var orders []order
	for rows.Next() {
		var o order
		if err := rows.Scan(&o.ID, &o.Customer, &o.Items, &o.Paid); err != nil {
			return nil, err
		}
		orders = append(orders, o)
	}
	return orders, rows.Err()
}
