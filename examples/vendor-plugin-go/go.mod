// No dependency but the standard library.
module example.com/acme-usage

go 1.19
