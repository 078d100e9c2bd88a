/** Users, quotas, audit log, service. */
import "./lists.css";
import { listenToActs } from "../lists/act";

listenToActs();
