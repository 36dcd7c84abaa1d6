using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;
using TriggerConsole.Core.Templates;
using TriggerConsole.Core.Validation;

namespace TriggerConsole.Components.Controls.Templates;

/// <summary>
/// A field that holds a template. It compiles what is typed and tells every fault; the browser's part (marks behind the text,
/// the completion list) is in the module beside it, and without it this is still a field.
/// </summary>
public sealed partial class TemplateInput : IAsyncDisposable
{
    private const int MostShown = 5;
    private const int MaxLength = 256 * 1024;

    private ElementReference _root;
    private IJSObjectReference? _module;
    private IJSObjectReference? _field;
    private DotNetObjectReference<TemplateInput>? _self;
    private IReadOnlyList<FieldError> _faults = [];
    private IReadOnlyList<FieldError> _all = [];
    private (string Value, TemplateFormat? Format) _checked = ("", null);
    private string? _marked;

    [Inject] private IJSRuntime Browser { get; set; } = default!;

    [Inject] private TemplateRules Rules { get; set; } = default!;

    [CascadingParameter] private TemplateHelp? Help { get; set; }

    [Parameter, EditorRequired] public required string Id { get; set; }

    [Parameter] public string Value { get; set; } = "";

    [Parameter] public EventCallback<string> ValueChanged { get; set; }

    /// <summary>Where the text goes, which decides what is a fault.</summary>
    [Parameter] public TemplateFormat Format { get; set; } = TemplateFormat.Plain;

    /// <summary>Faults that others found: shown with those of the template itself.</summary>
    [Parameter] public IReadOnlyList<FieldError> Errors { get; set; } = [];

    [Parameter] public bool Multiline { get; set; }

    [Parameter] public int Rows { get; set; } = 10;

    [Parameter] public string? Placeholder { get; set; }

    /// <summary>The field's name, when no label points at <see cref="Id"/>.</summary>
    [Parameter] public string? Label { get; set; }

    /// <summary>Id of a help line.</summary>
    [Parameter] public string? HelpId { get; set; }

    [Parameter] public bool Disabled { get; set; }

    [Parameter] public string? Class { get; set; }

    private string? Described => (_all.Count > 0, HelpId) switch
    {
        (true, null) => $"{Id}-error",
        (true, var help) => $"{Id}-error {help}",
        (false, var help) => help,
    };

    /// <summary>For the completion list, asked for when it opens.</summary>
    [JSInvokable]
    public IReadOnlyList<TemplateChoice> Choices() => Help?.Choices ?? [];

    public async ValueTask DisposeAsync()
    {
        try
        {
            if (_field is not null)
            {
                await _field.InvokeVoidAsync("stop");
                await _field.DisposeAsync();
            }
            if (_module is not null) await _module.DisposeAsync();
        }
        catch (JSDisconnectedException)
        {
            // The browser has gone, and its listeners with it
        }
        _self?.Dispose();
    }

    protected override void OnParametersSet()
    {
        if (_checked != (Value, Format)) (_checked, _faults) = ((Value, Format), TemplateFaults.Of(Value, Format, Rules));
        _all = [.. _faults.Concat(Errors).DistinctBy(e => (e.Message, e.Line, e.Column))];
    }

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (firstRender)
        {
            _self = DotNetObjectReference.Create(this);
            _module = await Browser.InvokeAsync<IJSObjectReference>("import", "/" + Assets["Components/Controls/Templates/TemplateInput.razor.js"]);
            _field = await _module.InvokeAsync<IJSObjectReference>("attach", _root, _self, Value);
        }
        var ranges = _faults.Select(f => TemplateFaults.RangeOf(Value, f)).ToArray();
        // The text itself is painted by the browser; it only has to be told when faults or format are others, or the text was changed from here
        var mark = $"{Format} {string.Join(' ', ranges)} {Value.GetHashCode(StringComparison.Ordinal)}";
        if (_field is null || mark == _marked) return;
        _marked = mark;
        await _field.InvokeVoidAsync("mark", ranges, Format == TemplateFormat.Json);
    }

    private async Task SetAsync(string? value)
    {
        Value = value ?? "";
        await ValueChanged.InvokeAsync(Value);
    }

    private async Task GoToAsync(FieldError fault)
    {
        if (_field is null) return;
        var range = TemplateFaults.RangeOf(Value, fault);
        await _field.InvokeVoidAsync("select", range.Start, range.End);
    }
}
