using TriggerConsole.Core.Operations.Backups;
using TriggerConsole.Core.Persistence;
using TriggerConsole.Core.Persistence.Sqlite;
using TriggerConsole.Core.Scheduling.Engine;

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
                "--backup" => await BackupAsync(services.GetRequiredService<BackupCommands>(), command, stop.Token),
                "--restore" => await RestoreAsync(services.GetRequiredService<BackupCommands>(), command, stop.Token),
                "--rotate-keys" => await RotateCommand.RunAsync(services, stop.Token),
                "--check" => await CheckCommand.RunAsync(services, command, stop.Token),
                "--export" => await TransferCommands.ExportAsync(services, command, stop.Token),
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

    private static BackupOptions OptionsOf(Command command) => new(command.Force, BackupPassphrase.Read(command.PassphraseFile), command.Unencrypted);

    private static async Task<int> BackupAsync(BackupCommands backups, Command command, CancellationToken cancellationToken)
    {
        var report = await backups.BackupAsync(command.Operand!, OptionsOf(command), cancellationToken);
        Console.WriteLine($"Backup written: {report.File}, {report.Bytes:N0} bytes, in {report.Duration.TotalSeconds:0.0} s. It was read back and is whole.");
        Console.WriteLine(report.Advice);
        return 0;
    }

    private static async Task<int> RestoreAsync(BackupCommands backups, Command command, CancellationToken cancellationToken)
    {
        var report = await backups.RestoreAsync(command.Operand!, OptionsOf(command), cancellationToken);
        Console.WriteLine($"Restored from {report.File} in {report.Duration.TotalSeconds:0.0} s. The database is up to date; start the server.");
        if (report.Kept is { } kept) Console.WriteLine($"What was there before is kept: {kept}. Delete it when you no longer need it.");
        if (report.Advice is { } advice) Console.WriteLine(advice);
        Console.WriteLine("What was under way when the backup was made runs again at the next start.");
        return 0;
    }
}
