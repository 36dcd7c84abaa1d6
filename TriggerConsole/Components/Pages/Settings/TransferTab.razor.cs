using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;
using TriggerConsole.Components.Controls;
using TriggerConsole.Core.Identity;
using TriggerConsole.Core.Operations.Transfer;
using TriggerConsole.Core.Validation;

namespace TriggerConsole.Components.Pages.Settings;

/// <summary>Export of the configuration, and import with a look at it first.</summary>
public sealed partial class TransferTab
{
    private const string FileField = "import-file";
    private const int MostShown = 100;

    private ImportReport? _report;
    private IReadOnlyList<FieldError> _errors = [];
    private byte[] _file = [];
    private string _fileName = "";
    private string? _fault;
    private string? _problem;
    private bool _isBusy;

    [Inject] private ConfigurationImporter Importer { get; set; } = default!;

    [Inject] private PageCommands Commands { get; set; } = default!;

    [Inject] private IJSRuntime Browser { get; set; } = default!;

    private static string ImportWords(ImportReport report) => (report.Made, report.Changed) switch
    {
        (0, 0) => "Nothing to import",
        (0, var changed) => $"Change {Format.Count(changed, "object")}",
        (var made, 0) => $"Make {Format.Count(made, "object")}",
        var (made, changed) => $"Make {Format.Number(made)} and change {Format.Count(changed, "object")}",
    };

    private void Forget() => (_report, _errors, _problem, _fault) = (null, [], null, null);

    private async Task LookAsync()
    {
        Forget();
        if (await Browser.InvokeAsync<FileFacts?>("tc.chosenFileFacts", FileField) is not { } facts)
        {
            _fault = "Choose the file to import.";
            await Browser.InvokeVoidAsync("tc.focusId", FileField);
            return;
        }
        if (facts.Size > ConfigurationReader.MaxBytes)
        {
            _fault = $"This file has {Format.Size(facts.Size)}. A configuration has at most {Format.Size(ConfigurationReader.MaxBytes)}.";
            return;
        }
        _fileName = facts.Name;
        await RunAsync(async () =>
        {
            var content = await Browser.InvokeAsync<IJSStreamReference>("tc.chosenFile", FileField);
            await using var stream = await content.OpenReadStreamAsync(ConfigurationReader.MaxBytes);
            using var copy = new MemoryStream();
            await stream.CopyToAsync(copy);
            _file = copy.ToArray();
        }, dryRun: true);
    }

    private Task ImportAsync() => RunAsync(() => Task.CompletedTask, dryRun: false);

    private async Task RunAsync(Func<Task> read, bool dryRun)
    {
        _isBusy = true;
        StateHasChanged();
        var result = await Commands.RunAsync(Permissions.TransferConfiguration, async _ =>
        {
            await read();
            return await Importer.ImportAsync(_file, dryRun, isServing: true, CancellationToken.None);
        });
        (_isBusy, _report, _errors, _problem) = (false, null, [], null);
        if (result.Refusal is Refusal.Invalid invalid) (_errors, _problem) = (invalid.Errors, $"{_fileName} cannot be imported as it is.");
        else if (result.Refusal is { } refusal) _problem = refusal.Message;
        else _report = result.Value;
    }

    private sealed record FileFacts(string Name, long Size);
}
