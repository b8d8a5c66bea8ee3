require "regex"; if header :regex "Subject" "((a{1,100}){1,100}){1,100}" { discard; }
