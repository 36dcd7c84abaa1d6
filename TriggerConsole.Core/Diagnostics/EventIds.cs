namespace TriggerConsole.Core.Diagnostics;

/// <summary>The number of each kind of log line; stable, so that alerts can be built on them.</summary>
internal static class EventIds
{
    public const int JournalUnavailable = 1001;
    public const int JournalRecovered = 1002;
    public const int JournalEntryRefused = 1003;
    public const int JournalFault = 1004;

    public const int EngineStarted = 1101;
    public const int EngineStopping = 1102;
    public const int EngineStopped = 1103;
    public const int AttemptMade = 1104;
    public const int AttemptFault = 1105;
    public const int CircuitOpened = 1106;
    public const int CircuitClosed = 1107;
    public const int RoundFailed = 1108;
    public const int HistoryCleaned = 1109;

    public const int RunnerFault = 1110;
    public const int ExecutionStuck = 1111;
    public const int ExecutionNotStuck = 1112;

    public const int CallbackRefused = 1201;
    public const int RefreshTokenReused = 1202;

    public const int ProxyNotTrusted = 1350;
    public const int LimitRoundFailed = 1351;
    public const int LoadShedding = 1352;
    public const int LoadNormal = 1353;

    public const int HttpAttemptUnforeseen = 1401;
    public const int MqttAttemptUnforeseen = 1402;
    public const int AmqpAttemptUnforeseen = 1403;

    public const int BrokerConnected = 1601;
    public const int BrokerAway = 1602;
    public const int BrokerUnusable = 1603;
    public const int BrokerFault = 1604;
    public const int BrokerBlocked = 1605;
    public const int BrokerUnprepared = 1606;

    public const int ScheduleEngineStarted = 1701;
    public const int ScheduleNotStored = 1702;
    public const int ScheduleBroken = 1703;
    public const int ScheduleRoundFailed = 1704;
    public const int ScheduleResumed = 1705;

    public const int MessagesAway = 1801;
    public const int MessagesBack = 1802;
    public const int MessagesUnsent = 1803;
    public const int MessageFault = 1804;
    public const int LookFailed = 1805;
    public const int LeaseLost = 1806;
    public const int NodeRescued = 1807;
    public const int HeartbeatFailed = 1808;
    public const int HeartbeatBack = 1809;
    public const int NodeNotRemoved = 1810;
    public const int ReloadFailed = 1811;

    public const int TransportUp = 1901;
    public const int TransportDown = 1902;
    public const int TransportForeign = 1903;
    public const int TransportFault = 1904;

    public const int AuditActUnrecorded = 2001;
    public const int AuditHeadForged = 2002;
    public const int AuditAnchor = 2003;
    public const int AuditAway = 2004;
    public const int AuditBack = 2005;
    public const int AuditTrimmed = 2006;
    public const int AuditRoundFailed = 2007;
    public const int MailSent = 1310;
    public const int MailFailed = 1311;
    public const int MailDropped = 1312;
    public const int ForgottenFailed = 1313;
    public const int ExternalSignInFailed = 1330;
    public const int KeysUnprotected = 2050;
    public const int KeysRewrapped = 2051;
    public const int RotationBegun = 2052;
    public const int RotationFinished = 2053;
    public const int SecretKeeperFault = 2054;

    public const int DatabaseMigrated = 1301;
    public const int SettingsInUse = 1302;
    public const int FirstAdministrator = 1303;
    public const int SetupCode = 1304;
    public const int CheckpointFault = 1305;
    public const int GuessablePassword = 1306;
}
