namespace TriggerConsole.Core.Operations.Backups;

/// <summary>Where the passphrase of a backup comes from: a file, or the environment. Never the command line, which every user of the machine can read.</summary>
internal static class BackupPassphrase
{
    public const string Variable = "TRIGGERCONSOLE_BACKUP_PASSPHRASE";

    /// <summary>The passphrase; null when none is given.</summary>
    /// <param name="file">Its first line is the passphrase.</param>
    /// <exception cref="OperationRefusedException"/>
    public static string? Read(string? file)
    {
        if (file is null) return Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } given ? given : null;
        try
        {
            using var reader = new StreamReader(file);
            return reader.ReadLine() is { Length: > 0 } line ? line : throw new OperationRefusedException($"{file} holds no passphrase: its first line is empty.");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new OperationRefusedException($"The passphrase in {file} cannot be read: {exception.Message}", exception);
        }
    }
}
