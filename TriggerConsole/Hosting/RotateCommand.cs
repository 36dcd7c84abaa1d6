using TriggerConsole.Core.Operations;
using TriggerConsole.Core.Persistence;
using TriggerConsole.Core.Persistence.Sqlite;
using TriggerConsole.Core.Secrets.Keys;
using TriggerConsole.Core.Validation;

namespace TriggerConsole.Hosting;

/// <summary><c>--rotate-keys</c>.</summary>
internal static class RotateCommand
{
    public static async Task<int> RunAsync(IServiceProvider services, CancellationToken cancellationToken)
    {
        var (target, rotation) = (services.GetRequiredService<DatabaseTarget>(), services.GetRequiredService<DataKeyRotation>());
        if (target.SqliteFile is { } file && !File.Exists(file)) throw new OperationRefusedException($"There is no database {file} yet. Check Database:Directory.");
        if (target.SqliteFile is not null)
        {
            try { services.GetRequiredService<SqliteFileLock>().Take(target); }
            catch (InvalidOperationException)
            {
                throw new OperationRefusedException("A server works on this database. Rotate its keys while it runs under Settings, Secrets, or with POST /api/data-keys/rotate; or stop it first.");
            }
            rotation.Settle = TimeSpan.Zero; // nobody else encrypts
        }
        if (!await services.GetRequiredService<DatabaseMigrator>().IsCurrentAsync(cancellationToken)) throw new OperationRefusedException("The database is of an older version. Run TriggerConsole --migrate first.");
        await services.PrepareKeysAsync(cancellationToken);
        try
        {
            var begun = await rotation.BeginAsync("--rotate-keys", cancellationToken);
            Console.WriteLine(begun.Refusal is Refusal.Conflict ? "Going on with the rotation that is under way." : $"New data key {begun.Value}.");
            rotation.BatchDone = (done, _) =>
            {
                Console.WriteLine($"{done:N0} values encrypted anew …");
                return Task.CompletedTask;
            };
            if (rotation.Settle > TimeSpan.Zero) Console.WriteLine($"Other nodes may work meanwhile; the older keys are destroyed in {rotation.Settle.TotalSeconds:0} s at the earliest.");
            if (!await rotation.ContinueAsync(cancellationToken)) throw new OperationRefusedException("Another process is at it already, and goes on by itself. Settings, Secrets shows how far it is.");
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            Console.Error.WriteLine("TriggerConsole --rotate-keys: stopped. Everything can be read as before; the rotation goes on when the command is given again, or a server starts.");
            return 1;
        }
        var status = await rotation.StatusAsync(cancellationToken);
        Console.WriteLine($"Every stored secret is encrypted by the data key {status.Id}, and the older keys are destroyed.{(status.Unreadable > 0 ? $" {status.Unreadable} values could not be opened and were left as they are." : "")}");
        return 0;
    }
}
