require "regex"; if header :regex "Subject" "^(.*)(.*)\\1\\2zz$" { discard; }
