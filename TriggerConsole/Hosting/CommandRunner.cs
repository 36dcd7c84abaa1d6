using TriggerConsole.Core.Audit;
using TriggerConsole.Core.Nodes;
using TriggerConsole.Core.Operations.Backups;
using TriggerConsole.Core.Persistence;
using TriggerConsole.Core.Persistence.Sqlite;
using TriggerConsole.Core.Scheduling.Engine;
using TriggerConsole.Core.Secrets.Keys;

namespace TriggerConsole.Hosting;

/// <summary>Carries commands out on services that are made but not started, and prints what came of them.</summary>
internal static class CommandRunner
{
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(this IServiceProvider services, Command command)
    {
        using var stop = new CancellationTokenSource();
        Console.CancelKeyPress += (_, pressed) =>
        {
            // Once asks it to tidy up, twice ends it
            pressed.Cancel = !stop.IsCancellationRequested;
            stop.Cancel();
        };
        try
        {
            return command.Name switch
            {
                "--migrate" => await MigrateAsync(services, stop.Token),
                "--backup" => await BackupAsync(services, command, stop.Token),
                "--restore" => await RestoreAsync(services, command, stop.Token),
                "--rotate-keys" => await RotateCommand.RunAsync(services, stop.Token),
                "--check" => await CheckCommand.RunAsync(services, command, stop.Token),
                "--recover" => await RecoverCommand.RunAsync(services, command, stop.Token),
                "--export" => await TransferCommands.ExportAsync(services, command, stop.Token),
                "--verify-audit" => await VerifyAuditCommand.RunAsync(services, command, stop.Token),
                "--import" => await TransferCommands.ImportAsync(services, command, stop.Token),
                _ => throw new InvalidOperationException($"{command.Name} is listed and not carried out."),
            };
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            Console.Error.WriteLine($"TriggerConsole {command.Name}: stopped. Nothing was changed.");
            return 1;
        }
    }

    private static async Task<int> MigrateAsync(IServiceProvider services, CancellationToken cancellationToken)
    {
        services.GetRequiredService<SqliteFileLock>().Take(services.GetRequiredService<DatabaseTarget>());
        await services.GetRequiredService<DatabaseMigrator>().MigrateAsync(cancellationToken);
        await services.GetRequiredService<ScheduleEngine>().ProvisionAsync(cancellationToken);
        Console.WriteLine("The database is up to date.");
        return 0;
    }

    /// <summary>Makes the keys that a server makes at its start: what is recorded or stored needs them.</summary>
    public static async Task PrepareKeysAsync(this IServiceProvider services, CancellationToken cancellationToken)
    {
        await using (await services.GetRequiredService<INodeStore>().EnterAloneAsync(cancellationToken)) await services.GetRequiredService<KeyPreparation>().RunAsync(cancellationToken);
    }

    private static BackupOptions OptionsOf(Command command) => new(command.Force, BackupPassphrase.Read(command.PassphraseFile), command.Unencrypted);

    private static async Task<int> BackupAsync(IServiceProvider services, Command command, CancellationToken cancellationToken)
    {
        var report = await services.GetRequiredService<BackupCommands>().BackupAsync(command.Operand!, OptionsOf(command), cancellationToken);
        Console.WriteLine($"Backup written: {report.File}, {report.Bytes:N0} bytes, in {report.Duration.TotalSeconds:0.0} s. It was read back and is whole.");
        Console.WriteLine(report.Advice);
        if (await services.GetRequiredService<AuditQueries>().AnchorAsync(cancellationToken) is { } anchor) Console.WriteLine($"The audit log ended with {anchor} then, or a little before. Keep that line elsewhere: --verify-audit {anchor} tells later whether the log was put back.");
        await services.PrepareKeysAsync(cancellationToken);
        await services.GetRequiredService<IAuditTrail>().RecordAsync(new("backup.create", AuditOutcome.Done, "backup", null, report.File, $"{report.Bytes:N0} bytes."), cancellationToken);
        return 0;
    }

    private static async Task<int> RestoreAsync(IServiceProvider services, Command command, CancellationToken cancellationToken)
    {
        var report = await services.GetRequiredService<BackupCommands>().RestoreAsync(command.Operand!, OptionsOf(command), cancellationToken);
        Console.WriteLine($"Restored from {report.File} in {report.Duration.TotalSeconds:0.0} s. The database is up to date; start the server.");
        if (report.Kept is { } kept) Console.WriteLine($"What was there before is kept: {kept}. Delete it when you no longer need it.");
        if (report.Advice is { } advice) Console.WriteLine(advice);
        try
        {
            await services.PrepareKeysAsync(cancellationToken); // an older backup has none of today's
            await services.GetRequiredService<IAuditTrail>().RecordAsync(new("backup.restore", AuditOutcome.Done, "backup", null, report.File, report.Kept is null ? "The database was empty before." : $"What was there before is kept: {report.Kept}."), cancellationToken);
        }
        catch (InvalidOperationException exception)
        {
            Console.WriteLine($"The restore is not in the audit log: {exception.Message}"); // the key may be somewhere else still
        }
        Console.WriteLine("What was under way when the backup was made runs again at the next start.");
        return 0;
    }
}
