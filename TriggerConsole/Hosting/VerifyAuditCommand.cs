using TriggerConsole.Core.Audit;
using TriggerConsole.Core.Operations;

namespace TriggerConsole.Hosting;

/// <summary><c>--verify-audit</c>: 0 when the audit log is as it was written, 1 when not.</summary>
internal static class VerifyAuditCommand
{
    public static async Task<int> RunAsync(IServiceProvider services, Command command, CancellationToken cancellationToken)
    {
        AuditAnchor? anchor = null;
        if (command.Operand is { Length: > 0 } text)
        {
            if (!AuditAnchor.TryParse(text, out var given)) throw new OperationRefusedException($"{text} is no anchor. It is the number of an entry and its hash, as the server's log tells them once an hour: 1234:ab12…, with 64 hexadecimal digits.");
            anchor = given;
        }
        await TransferCommands.RequireCurrentAsync(services, cancellationToken);
        var report = await services.GetRequiredService<AuditVerifier>().VerifyAsync(anchor, cancellationToken);
        if (report.Fault is { } fault)
        {
            Console.Error.WriteLine($"The audit log is broken at entry {fault.Sequence} ({fault.Kind}): {fault.Text}");
            Console.Error.WriteLine(report.Checked == 0 ? "Nothing of it could be confirmed." : $"Entries {report.First} to {report.Last}, before it, are as they were written.");
            return 1;
        }
        Console.WriteLine(report.Last == 0 ? "The audit log is empty." : $"The audit log is as it was written: {report.Checked:N0} entries, {report.First} to {report.Last}, in {report.DurationMs / 1000:0.0} s.");
        if (report.Anchor is { } end) Console.WriteLine($"It ends with {end}{(anchor is null ? "" : ", and the anchor is in it")}.");
        return 0;
    }
}
