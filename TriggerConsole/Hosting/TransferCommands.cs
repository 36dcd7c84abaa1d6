using TriggerConsole.Core.Operations;
using TriggerConsole.Core.Operations.Transfer;
using TriggerConsole.Core.Persistence;
using TriggerConsole.Core.Persistence.Sqlite;
using TriggerConsole.Core.Secrets;
using TriggerConsole.Core.Validation;

namespace TriggerConsole.Hosting;

/// <summary><c>--export</c> and <c>--import</c>.</summary>
internal static class TransferCommands
{
    private const string StandardStream = "-";

    public static async Task<int> ExportAsync(IServiceProvider services, Command command, CancellationToken cancellationToken)
    {
        await RequireCurrentAsync(services, cancellationToken);
        await services.PrepareKeysAsync(cancellationToken);
        var file = await services.GetRequiredService<ConfigurationExporter>().ExportAsync(cancellationToken);
        if (command.Operand == StandardStream)
        {
            await using var output = Console.OpenStandardOutput();
            await output.WriteAsync(file, cancellationToken);
            return 0;
        }
        var path = Path.GetFullPath(command.Operand!);
        if (File.Exists(path) && !command.Force) throw new OperationRefusedException($"{path} exists already and was left as it is. Choose another name, or add --force to replace it.");
        await File.WriteAllBytesAsync(path, file, cancellationToken);
        Console.WriteLine($"Configuration written: {path}, {file.Length:N0} bytes. There are no secrets in it; secretsToEnter lists those to be entered again after an import.");
        return 0;
    }

    public static async Task<int> ImportAsync(IServiceProvider services, Command command, CancellationToken cancellationToken)
    {
        var path = command.Operand == StandardStream ? null : Path.GetFullPath(command.Operand!);
        if (path is not null && !File.Exists(path)) throw new OperationRefusedException($"There is no file {path}.");
        if (path is not null && new FileInfo(path).Length > ConfigurationReader.MaxBytes) throw new OperationRefusedException($"{path} has more than {ConfigurationReader.MaxBytes:N0} bytes, so it is no configuration.");
        if (!command.DryRun)
        {
            try { services.GetRequiredService<SqliteFileLock>().Take(services.GetRequiredService<DatabaseTarget>()); }
            catch (InvalidOperationException)
            {
                throw new OperationRefusedException("A server works on this database. Import while it runs under Settings, Export and import, or with POST /api/configuration; or stop it first. --dry-run works beside it.");
            }
        }
        await RequireCurrentAsync(services, cancellationToken);
        await services.PrepareKeysAsync(cancellationToken);
        await services.GetRequiredService<SecretStore>().LoadAsync(cancellationToken);
        var content = path is not null ? await File.ReadAllBytesAsync(path, cancellationToken) : await ReadInputAsync(cancellationToken);
        var result = await services.GetRequiredService<ConfigurationImporter>().ImportAsync(content, command.DryRun, isServing: false, cancellationToken);
        if (result.Refusal is Refusal.Invalid invalid)
        {
            foreach (var error in invalid.Errors) Console.Error.WriteLine(error.Field.Length == 0 ? error.Message : $"{error.Field}: {error.Message}");
            throw new OperationRefusedException("Nothing was imported.");
        }
        if (result.Refusal is { } refusal) throw new OperationRefusedException(refusal.Message);
        Print(result.Value!);
        return 0;
    }

    private static void Print(ImportReport report)
    {
        foreach (var item in report.Items.Where(i => i.Action != ImportAction.Unchanged))
        {
            Console.WriteLine($"{(item.Action == ImportAction.Made ? "+" : "~")} {item.In}: {item.Name}{(item.Id == Guid.Empty ? "" : $" ({item.Id})")}");
            foreach (var change in item.Changes) Console.WriteLine($"    {change.Field}: {change.Before ?? "none"} → {change.After ?? "none"}");
        }
        Console.WriteLine($"{(report.DryRun ? "Would be made" : "Made")}: {report.Made}, changed: {report.Changed}, as they are: {report.Unchanged}, not in the file and left alone: {report.LeftAlone}.");
        if (report.DryRun) Console.WriteLine("Nothing was changed: this was only a look.");
        if (report.ToDo.Count > 0) Console.WriteLine("To do afterwards:");
        foreach (var todo in report.ToDo) Console.WriteLine($"  - {todo.Text}");
    }

    /// <exception cref="OperationRefusedException">There is no database yet, or an older one.</exception>
    public static async Task RequireCurrentAsync(IServiceProvider services, CancellationToken cancellationToken)
    {
        var target = services.GetRequiredService<DatabaseTarget>();
        if (target.SqliteFile is { } file && !File.Exists(file)) throw new OperationRefusedException($"There is no database {file} yet. Run TriggerConsole --migrate first, or check Database:Directory.");
        if (!await services.GetRequiredService<DatabaseMigrator>().IsCurrentAsync(cancellationToken)) throw new OperationRefusedException("The database is of an older version. Run TriggerConsole --migrate first.");
    }

    private static async Task<byte[]> ReadInputAsync(CancellationToken cancellationToken)
    {
        await using var input = Console.OpenStandardInput();
        using var content = new MemoryStream();
        await input.CopyToAsync(content, cancellationToken);
        return content.ToArray();
    }
}
