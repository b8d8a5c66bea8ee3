require "fileinto"; fileinto 3; frobnicate;
