// pgx against the gateway, as Grafana uses it and with parameters: pgx HOST PORT ROOT_CERTIFICATE. Prints a line for each
// step that went well.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/jackc/pgconn"
	"github.com/jackc/pgx/v4"
)

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func connect(password string) (*pgx.Conn, error) {
	return pgx.Connect(context.Background(), fmt.Sprintf(
		"host=%s port=%s dbname=sightline user=ann password=%s sslmode=verify-full sslrootcert=%s",
		os.Args[1], os.Args[2], password, os.Args[3]))
}

func code(err error) string {
	var failure *pgconn.PgError
	if errors.As(err, &failure) {
		return failure.Code
	}
	return fmt.Sprint(err)
}

func main() {
	everything := context.Background()
	connection, err := connect("pencil")
	check(err)
	var user string
	check(connection.QueryRow(everything, "SELECT current_user").Scan(&user))
	fmt.Println("connect:", user)

	// Several statements by the simple protocol: what Grafana sends.
	results, err := connection.PgConn().Exec(everything,
		"-- ping\n;SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'; SELECT 1").ReadAll()
	check(err)
	var found []string
	for _, row := range results[len(results)-2].Rows {
		found = append(found, string(row[0]))
	}
	fmt.Println("catalog:", strings.Join(found, " "))

	var count int
	check(connection.QueryRow(everything,
		"SELECT COUNT(*) FROM detections WHERE site = $1 AND lane < $2 AND event_time >= $3 AND wet = $4",
		"Reading", 8, time.Date(2026, 3, 14, 9, 0, 0, 0, time.UTC), true).Scan(&count))
	fmt.Println("parameters:", count)

	large, err := connection.Query(everything, "SELECT * FROM large")
	check(err)
	count = 0
	for large.Next() {
		count++
	}
	check(large.Err())
	fmt.Println("large:", count)

	// pgx gives up a connection whose context ends; a cancel that keeps it is sent by hand.
	go func() {
		time.Sleep(500 * time.Millisecond)
		check(connection.PgConn().CancelRequest(everything))
	}()
	_, err = connection.PgConn().Exec(everything, "SELECT * FROM endless").ReadAll()
	fmt.Println("cancel:", code(err))

	_, err = connect("wrong")
	fmt.Println("wrong password:", code(err))
}
