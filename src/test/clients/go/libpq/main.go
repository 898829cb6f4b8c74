// lib/pq against the gateway: libpq HOST PORT ROOT_CERTIFICATE. Prints a line for each step that went well.
package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/lib/pq"
)

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func connect(password string) *sql.DB {
	db, err := sql.Open("postgres", fmt.Sprintf(
		"host=%s port=%s dbname=sightline user=ann password=%s sslmode=verify-full sslrootcert=%s",
		os.Args[1], os.Args[2], password, os.Args[3]))
	check(err)
	return db
}

func code(err error) string {
	var failure *pq.Error
	if errors.As(err, &failure) {
		return string(failure.Code)
	}
	return fmt.Sprint(err)
}

func main() {
	db := connect("pencil")
	check(db.Ping())
	var user string
	check(db.QueryRow("SELECT current_user").Scan(&user))
	fmt.Println("connect:", user)

	names, err := db.Query("SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'")
	check(err)
	var found []string
	for names.Next() {
		var name string
		check(names.Scan(&name))
		found = append(found, name)
	}
	fmt.Println("catalog:", strings.Join(found, " "))

	var count int
	check(db.QueryRow(
		"SELECT COUNT(*) FROM detections WHERE site = $1 AND lane < $2 AND event_time >= $3 AND wet = $4",
		"Reading", 8, time.Date(2026, 3, 14, 9, 0, 0, 0, time.UTC), true).Scan(&count))
	fmt.Println("parameters:", count)

	limited, end := context.WithTimeout(context.Background(), 500*time.Millisecond)
	defer end()
	endless, err := db.QueryContext(limited, "SELECT * FROM endless")
	if err == nil {
		for endless.Next() {
		}
		err = endless.Err()
	}
	fmt.Println("cancel:", code(err))

	large, err := db.Query("SELECT * FROM large")
	check(err)
	count = 0
	for large.Next() {
		count++
	}
	check(large.Err())
	fmt.Println("large:", count)

	fmt.Println("wrong password:", code(connect("wrong").Ping()))
}
