require ["fileinto", "mailbox"];
fileinto :create "Lists";
redirect "c@example.com";
